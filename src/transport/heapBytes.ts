/** Bytes of memory that are in use by objects and by the buffers that belong to them. */
export function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
