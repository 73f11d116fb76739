/** Work that costs no time of its own while an answer is on its way. */

/** Begins once what is about to be asked has been asked: signing and sending happen before Node's next round. */
export const meanwhile = <T>(work: () => T | Promise<T>): Promise<T> => new Promise(setImmediate).then(work);
