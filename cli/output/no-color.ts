/** Whether the environment asks for output without colours. */

export const asksForNoColor = (env: NodeJS.ProcessEnv): boolean => Boolean(env.NO_COLOR) || env.TERM === 'dumb';
