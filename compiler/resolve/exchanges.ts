import { checkCurrency, checkZone } from './campaigns.ts'
import { type Context, fail, find, placeIn, warn } from './context.ts'
import { atKey } from './world.ts'

export function checkExchanges(context: Context): void {
  for (const exchange of context.kinds.exchange.values()) {
    const { seats = {}, currencies, timezone, price } = exchange.value
    for (const advertiser of Object.keys(seats))
      find(context, 'advertiser', advertiser, atKey(placeIn(exchange, 'seats', advertiser)))
    checkCurrency(context, currencies.bid, placeIn(exchange, 'currencies', 'bid'))
    currencies.request.forEach((currency, i) => {
      checkCurrency(context, currency, placeIn(exchange, 'currencies', 'request', i))
    })
    if (timezone !== undefined) checkZone(context, timezone, placeIn(exchange, 'timezone'))
    if (price.codec !== 'plain' && !price.keys)
      fail(
        context,
        'FP3029',
        placeIn(exchange, 'price', 'codec'),
        `codec ${price.codec} needs \`keys\``,
        [],
        'add keys: {encryption: secret://…, integrity: secret://…}',
      )
    const name = exchange.file.path
      .split('/')
      .at(-1)
      ?.replace(/\.ya?ml$/, '')
    if (name !== exchange.id)
      warn(context, 'FP3031', placeIn(exchange, 'exchange'), `the file is named ${name}, the exchange ${exchange.id}`, [
        { message: `requests come to /openrtb2/${exchange.id}` },
      ])
  }
}
