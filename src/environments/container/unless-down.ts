import { saysStatus } from './engine.ts';

/** What cannot be done to a container that is down, or is so already, is no error here. */
export async function unlessDown(doing: Promise<unknown>): Promise<void> {
  try {
    await doing;
  } catch (thrown) {
    if (saysStatus(thrown, 404, 409)) return;
    // Engines differ in what they call a container that is paused already, or not at all.
    if (saysStatus(thrown, 500) && /paused/.test(String(thrown))) return;
    throw thrown;
  }
}
