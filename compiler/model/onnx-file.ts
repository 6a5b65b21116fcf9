/**
 * The little of ONNX that lowering needs: the graph's name and its initialisers. ONNX is protobuf: fields of
 * (number, wire type, value), of which only lengths and varints occur here (onnx.proto3: ModelProto.graph 7,
 * GraphProto.name 2 and initializer 5, TensorProto.name 8 and raw_data 9).
 */
export interface OnnxFile {
  graph: string
  /** Raw little-endian bytes by name. */
  tensors: Map<string, Uint8Array>
}

/** @throws RangeError when the bytes are no ONNX model. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  const graph = fields(bytes).find(field => field.number === 7)?.bytes
  if (graph === undefined) throw new RangeError('the file is no ONNX model: it has no graph')
  const tensors = new Map<string, Uint8Array>()
  let name = ''
  for (const field of fields(graph)) {
    if (field.number === 2) name = text(field.bytes)
    if (field.number !== 5) continue
    const parts = fields(field.bytes)
    const raw = parts.find(part => part.number === 9)
    if (raw) tensors.set(text(parts.find(part => part.number === 8)?.bytes), raw.bytes)
  }
  return { graph: name, tensors }
}

/** The fields of one message that hold bytes; numbers are skipped. */
function fields(message: Uint8Array): { number: number; bytes: Uint8Array }[] {
  const out: { number: number; bytes: Uint8Array }[] = []
  let at = 0
  const varint = (): number => {
    for (let value = 0, scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = message[at++]
      if (byte === undefined) break
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new RangeError('the file is no ONNX model: it ends in the middle of a number')
  }
  while (at < message.length) {
    const tag = varint()
    const wire = tag % 8
    if (wire === 0) varint()
    else if (wire === 1) at += 8
    else if (wire === 5) at += 4
    else if (wire === 2) {
      const length = varint()
      if (at + length > message.length)
        throw new RangeError('the file is no ONNX model: a field is longer than the file')
      out.push({ number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) })
      at += length
    } else throw new RangeError(`the file is no ONNX model: wire type ${wire}`)
  }
  return out
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

/** Little-endian floats, copied: raw bytes of a message are not aligned. (`slice` of a Buffer would not copy.) */
export function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / 4))
}
