import { findEngine } from '../../../src/environments/container/engine.ts';
import { hasImage } from '../../../src/environments/container/images.ts';
import { buildImages, type WantedImage } from '../../../src/registry/images.ts';
import { BASE } from './engine.ts';

/**
 * Makes sure that the engine has images built here of these, and that runs of this process and its
 * children take them. They are not those of upstream: a release may have no image yet, and a
 * machine no registry.
 */
export async function provideImages(...wanted: readonly WantedImage[]): Promise<void> {
  const engine = await findEngine();
  for (const each of wanted) {
    const reference = `highwater/${each.software}:${each.version}`;
    if (!(await hasImage(engine, reference))) {
      const signal = new AbortController().signal;
      await buildImages([each], BASE, { signal, progress: () => {} });
    }
    const variable = `HIGHWATER_IMAGE_${each.software.toUpperCase()}`;
    process.env[variable] = `highwater/${each.software}:{version}`;
  }
}
