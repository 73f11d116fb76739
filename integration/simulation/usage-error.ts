/** A wrong command line of `npm run simulate`: its message stands above the usage. */
export class UsageError extends Error {}
