import { withAncestors } from '@flightplan/contract/taxonomy.ts'
import { domainAndParents } from '../domain.ts'
import { termOf } from '../snapshot.ts'
import { languageOf } from './device.ts'
import { addPiece, addTerm, type Reader, type Reading, type Terms } from './reader.ts'

/** List members are terms of a pseudo-attribute whose postings are list terms (contract/snapshot.ts LIST_MEMBER). */
function addLists(reading: Reading, member: string, out: Terms): void {
  const { snapshot } = reading
  if (snapshot.listMember < 0) return
  const term = termOf(snapshot, snapshot.listMember, member)
  if (term < 0) return
  const at = snapshot.term.in_at[term]!
  for (let i = 0; i < snapshot.term.in_n[term]!; i++) {
    const list = snapshot.postings[at + i]!
    if (!out.includes(list)) out.push(list)
  }
}

const publisherKey = ({ exchange, auction }: Reading) =>
  auction.inventory.publisher ? `${exchange}/${auction.inventory.publisher}` : ''

export const INVENTORY_READERS = {
  exchange: (reading, attribute, _parameter, out) => addTerm(reading, attribute, reading.exchange, out),
  channel: (reading, attribute, _parameter, out) => addTerm(reading, attribute, reading.auction.channel ?? '', out),
  domain: (reading, attribute, _parameter, out) => {
    for (const domain of domainAndParents(reading.auction.inventory.domain)) addTerm(reading, attribute, domain, out)
  },
  bundle: (reading, attribute, _parameter, out) => addTerm(reading, attribute, reading.auction.inventory.bundle, out),
  publisher: (reading, attribute, _parameter, out) => addTerm(reading, attribute, publisherKey(reading), out),
  category: (reading, attribute, _parameter, out) => {
    // A category is a value together with its ancestors, so that a parent in YAML matches its children.
    for (const category of reading.auction.inventory.categories)
      for (const name of withAncestors(category)) addTerm(reading, attribute, name, out)
  },
  keyword: (reading, attribute, _parameter, out) => {
    for (const keyword of reading.auction.inventory.keywords)
      addTerm(reading, attribute, keyword.trim().toLowerCase(), out)
  },
  list: (reading, _attribute, _parameter, out) => {
    const { domain, bundle } = reading.auction.inventory
    for (const name of domainAndParents(domain)) addLists(reading, `domain:${name}`, out)
    if (bundle) addLists(reading, `bundle:${bundle}`, out)
    const publisher = publisherKey(reading)
    if (publisher) addLists(reading, `publisher:${publisher}`, out)
  },
  content_genre: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, reading.auction.inventory.content.genre.trim().toLowerCase(), out),
  content_rating: (reading, attribute, _parameter, out) =>
    addPiece(reading, attribute, reading.auction.inventory.content.rating, out),
  content_language: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, languageOf(reading.auction.inventory.content.language), out),
  content_series: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, reading.auction.inventory.content.series.trim().toLowerCase(), out),
  content_title: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, reading.auction.inventory.content.title.trim().toLowerCase(), out),
  content_livestream: (reading, attribute, _parameter, out) => {
    const { livestream } = reading.auction.inventory.content
    if (livestream !== null) addTerm(reading, attribute, String(livestream), out)
  },
  rule: (reading, attribute, _parameter, out) => {
    for (const name of reading.snapshot.meta.rules)
      if (reading.verdict.rules[name] === true) addTerm(reading, attribute, name, out)
  },
} satisfies Record<string, Reader>
