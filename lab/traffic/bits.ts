const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Writes big-endian bit fields and reads them out as base64url digits, as consent strings are built. */
export class BitWriter {
  private text = ''
  private pending = 0
  private pendingBits = 0
  private bits = 0

  /** Appends the low `width` bits of a non-negative integer below 2^53. */
  write(value: number, width: number): void {
    this.bits += width
    for (let left = width; left > 0; ) {
      const take = Math.min(left, 6 - this.pendingBits)
      // Division instead of >>: a TCF timestamp has 36 bits.
      const chunk = Math.floor(value / 2 ** (left - take)) & ((1 << take) - 1)
      this.pending = (this.pending << take) | chunk
      this.pendingBits += take
      left -= take
      if (this.pendingBits === 6) this.flush()
    }
  }

  private flush() {
    this.text += ALPHABET[this.pending]
    this.pending = 0
    this.pendingBits = 0
  }

  /** The digits, zero-padded first to a multiple of `unit` bits (8 in GPP) and then to whole digits. */
  base64url(unit: number): string {
    this.write(0, (unit - (this.bits % unit)) % unit)
    if (this.pendingBits > 0) this.write(0, 6 - this.pendingBits)
    return this.text
  }
}
