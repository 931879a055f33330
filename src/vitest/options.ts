/** What a vitest.config.ts may say of the runs; everything has a default. */
export interface HighwaterOptions {
  /** Where the systems run; `local` unless told. */
  readonly environment?: string | undefined;
  /** `fast` unless told. */
  readonly profile?: 'fast' | 'production' | undefined;
  /** The same for every scenario; a new one for each unless told. */
  readonly seed?: string | undefined;
  /** Where run directories are made; `reports` unless told. */
  readonly out?: string | undefined;
}

/** What the plugin hands to the set-up file in each worker; plain data. */
export interface Handed {
  readonly environment: string;
  readonly profile: 'fast' | 'production';
  readonly seed: string | null;
  readonly out: string;
  /** This file is made when a person or CI wants the runs to end. */
  readonly interruptFile: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    highwater: Handed;
  }
}
