import { HighwaterError } from '../core/errors.ts';

/** What every environment's volume control refuses, in the same words and with the same code. */

/** A volume is wiped only while nobody writes to it. */
export const wipedUnder = (node: string): HighwaterError =>
  new HighwaterError('TARGET_REFUSED', `${node} is up: its volume is not wiped under it`, {
    hint: 'kill the node first',
  });

/** There is no such file in the volume. */
export const noSuchFile = (node: string, volume: string, path: string): HighwaterError =>
  new HighwaterError('FAULT_FAILED', `volume ${volume} of ${node} has no file "${path}"`, {
    hint: 'list the volume to see what is there',
  });
