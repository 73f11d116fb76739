/** Numbers of things, in words. */

/** `2 workers`, `1 worker` */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
