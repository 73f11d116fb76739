import { expect, it } from 'vitest';
import { version } from './version.ts';

it('sources that nobody bundled are a development version', () => expect(version).toBe('0.0.0-dev'));
