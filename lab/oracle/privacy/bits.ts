/** Bits of a base64url text as a list of zeros and ones; a cursor that throws at the end. Slow and easy to check. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Thrown for text that is no consent string; caught where a string is read. */
export class Unreadable extends Error {}

export class Bits {
  private readonly bits: number[]
  private at = 0

  constructor(encoded: string) {
    this.bits = [...encoded.replace(/=+$/, '')].flatMap(letter => {
      const value = ALPHABET.indexOf(letter)
      if (value < 0) throw new Unreadable(`${letter} is no base64url letter`)
      return [5, 4, 3, 2, 1, 0].map(bit => (value >> bit) & 1)
    })
  }

  take(width: number): number {
    if (this.at + width > this.bits.length) throw new Unreadable('the text ends too early')
    let value = 0
    for (let i = 0; i < width; i++) value = value * 2 + (this.bits[this.at++] ?? 0)
    return value
  }

  /** The numbers (1-based) of the bits that are set among the next `width`. */
  set(width: number): Set<number> {
    return new Set(Array.from({ length: width }, (_, i) => (this.take(1) === 1 ? i + 1 : 0)).filter(n => n > 0))
  }

  /** Fibonacci coding (GPP §"Fibonacci"): ends with two ones. */
  fibonacci(): number {
    const weights = [1, 2]
    let value = 0
    let previous = 0
    for (let i = 0; i < 32; i++) {
      const bit = this.take(1)
      if (bit === 1 && previous === 1) return value
      weights[i + 2] = (weights[i] ?? 0) + (weights[i + 1] ?? 0)
      if (bit === 1) value += weights[i] ?? 0
      previous = bit
    }
    throw new Unreadable('a number has no end')
  }
}
