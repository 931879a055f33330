import { expect, it } from 'vitest';
import { searchedOnce } from './searched-once.ts';

it('a search is made once, and again after it failed', async () => {
  const asked: string[] = [];
  const find = searchedOnce(async (where: string) => {
    asked.push(where);
    if (where === 'nowhere') throw new Error('nothing there');
    return where;
  });
  await expect(find('nowhere')).rejects.toThrow('nothing there');
  expect(await find('here')).toBe('here');
  expect(await find('elsewhere')).toBe('here');
  expect(asked).toEqual(['nowhere', 'here']);
});

it('a search that failed is forgotten once, however many asked for it', async () => {
  let searches = 0;
  const find = searchedOnce(async () => {
    searches += 1;
    if (searches === 1) throw new Error('nothing there');
    return 'here';
  });
  // Who asks first begins the next search as soon as the first one failed.
  const first = find().catch(() => find());
  await expect(find()).rejects.toThrow('nothing there');
  expect(await Promise.all([first, find()])).toEqual(['here', 'here']);
  expect(searches).toBe(2);
});
