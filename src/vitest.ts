/**
 * What a vitest.config.ts imports: `import { highwaterVitest } from 'highwater/vitest'`.
 */
export type { HighwaterOptions } from './vitest/options.ts';
export { highwaterVitest } from './vitest/plugin.ts';
