import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { JsonObject } from '../../core/json.ts';

/**
 * What is worth knowing of the machine when its figures are read later; no name, no address, no
 * user.
 */
export const hostFacts = (): JsonObject => ({
  system: `${type()} ${release()} ${arch()}`,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryBytes: totalmem(),
  node: process.version,
});
