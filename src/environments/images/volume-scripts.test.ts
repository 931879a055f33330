import { expect, it } from 'vitest';
import { readFileList } from './volume-scripts.ts';

it('files of a volume are told by their paths in it, in order', () => {
  const said = '12 /v/data/orders-0/b.log\n3 /v/data/a file with spaces\n';
  expect(readFileList(said, '/v/data')).toEqual([
    { path: 'a file with spaces', bytes: 3 },
    { path: 'orders-0/b.log', bytes: 12 },
  ]);
  expect(readFileList('', '/v/data')).toEqual([]);
});
