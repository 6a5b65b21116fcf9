/**
 * Where the GDPR, the UK GDPR or the Swiss FADP holds for a user whose request does not say: the EU, Iceland,
 * Liechtenstein and Norway, then the parts of EU members that ISO 3166 lists apart but where EU law is in force
 * (Åland and the outermost regions of France, TFEU art. 349 and 355), then the United Kingdom and Switzerland.
 */
export const CONSENT_COUNTRIES: ReadonlySet<string> = new Set(
  `AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
   IS LI NO
   AX GF GP MF MQ RE YT
   GB CH`
    .trim()
    .split(/\s+/),
)
