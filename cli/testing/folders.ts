/** Folders that tests have made, for remove-folders.ts; whoever makes one need not know that it is a test that asks. */
export const folders: string[] = [];
