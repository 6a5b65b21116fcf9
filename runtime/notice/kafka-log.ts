export const openKafkaLog = (_: unknown): never => {
  throw new Error('x')
}
