/**
 * The usual time zone of a country, and of regions where a country has several: for users whose request gives no
 * `utcoffset`. Large countries have the zone of most of their people; a region listed here is exact for most of it.
 */
const COUNTRY_ZONES = `
AD Europe/Andorra AE Asia/Dubai AL Europe/Tirane AM Asia/Yerevan AR America/Argentina/Buenos_Aires AT Europe/Vienna
AU Australia/Sydney AZ Asia/Baku BA Europe/Sarajevo BD Asia/Dhaka BE Europe/Brussels BG Europe/Sofia BH Asia/Bahrain
BO America/La_Paz BR America/Sao_Paulo BY Europe/Minsk CA America/Toronto CH Europe/Zurich CL America/Santiago
CN Asia/Shanghai CO America/Bogota CR America/Costa_Rica CY Asia/Nicosia CZ Europe/Prague DE Europe/Berlin
DK Europe/Copenhagen DO America/Santo_Domingo DZ Africa/Algiers EC America/Guayaquil EE Europe/Tallinn EG Africa/Cairo
ES Europe/Madrid FI Europe/Helsinki FR Europe/Paris GB Europe/London GE Asia/Tbilisi GH Africa/Accra GR Europe/Athens
GT America/Guatemala HK Asia/Hong_Kong HN America/Tegucigalpa HR Europe/Zagreb HU Europe/Budapest ID Asia/Jakarta
IE Europe/Dublin IL Asia/Jerusalem IN Asia/Kolkata IQ Asia/Baghdad IS Atlantic/Reykjavik IT Europe/Rome
JO Asia/Amman JP Asia/Tokyo KE Africa/Nairobi KR Asia/Seoul KW Asia/Kuwait KZ Asia/Almaty LB Asia/Beirut
LI Europe/Vaduz LK Asia/Colombo LT Europe/Vilnius LU Europe/Luxembourg LV Europe/Riga MA Africa/Casablanca
MC Europe/Monaco MD Europe/Chisinau ME Europe/Podgorica MK Europe/Skopje MT Europe/Malta MX America/Mexico_City
MY Asia/Kuala_Lumpur NG Africa/Lagos NL Europe/Amsterdam NO Europe/Oslo NZ Pacific/Auckland OM Asia/Muscat
PA America/Panama PE America/Lima PH Asia/Manila PK Asia/Karachi PL Europe/Warsaw PR America/Puerto_Rico
PT Europe/Lisbon PY America/Asuncion QA Asia/Qatar RO Europe/Bucharest RS Europe/Belgrade RU Europe/Moscow
SA Asia/Riyadh SE Europe/Stockholm SG Asia/Singapore SI Europe/Ljubljana SK Europe/Bratislava SN Africa/Dakar
SV America/El_Salvador TH Asia/Bangkok TN Africa/Tunis TR Europe/Istanbul TW Asia/Taipei UA Europe/Kyiv
US America/New_York UY America/Montevideo UZ Asia/Tashkent VE America/Caracas VN Asia/Ho_Chi_Minh ZA Africa/Johannesburg`

const REGION_ZONES = `
US-AL America/Chicago US-AR America/Chicago US-IA America/Chicago US-IL America/Chicago US-KS America/Chicago
US-LA America/Chicago US-MN America/Chicago US-MO America/Chicago US-MS America/Chicago US-ND America/Chicago
US-NE America/Chicago US-OK America/Chicago US-SD America/Chicago US-TN America/Chicago US-TX America/Chicago
US-WI America/Chicago US-AZ America/Phoenix US-CO America/Denver US-ID America/Boise US-MT America/Denver
US-NM America/Denver US-UT America/Denver US-WY America/Denver US-CA America/Los_Angeles US-NV America/Los_Angeles
US-OR America/Los_Angeles US-WA America/Los_Angeles US-AK America/Anchorage US-HI Pacific/Honolulu
CA-AB America/Edmonton CA-BC America/Vancouver CA-MB America/Winnipeg CA-SK America/Regina CA-NS America/Halifax
CA-NB America/Moncton CA-NL America/St_Johns CA-PE America/Halifax AU-QLD Australia/Brisbane AU-SA Australia/Adelaide
AU-WA Australia/Perth AU-NT Australia/Darwin AU-TAS Australia/Hobart BR-AM America/Manaus BR-MT America/Cuiaba
BR-MS America/Campo_Grande BR-AC America/Rio_Branco BR-RO America/Porto_Velho ES-CN Atlantic/Canary
PT-20 Atlantic/Azores PT-30 Atlantic/Madeira MX-BCN America/Tijuana MX-SON America/Hermosillo MX-ROO America/Cancun`

const ZONES: ReadonlyMap<string, string> = readPairs(`${COUNTRY_ZONES} ${REGION_ZONES}`)

function readPairs(text: string): Map<string, string> {
  const words = text.trim().split(/\s+/)
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? ''] as const] : [])))
}

/** IANA zone of a place, or null when the table has none. */
export const zoneOf = (country: string, region: string): string | null =>
  ZONES.get(region) ?? ZONES.get(country) ?? null
