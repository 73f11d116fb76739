/** An instant to the minute, as people read it. @param instant ISO, in UTC */
export const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')}Z`;
