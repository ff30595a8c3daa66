/** Loaded before a gateway that is measured: answers its parent with the bytes of heap that are left after a collection. */
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
// The channel alone must not keep the process.
process.channel?.unref();

export {};
