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
