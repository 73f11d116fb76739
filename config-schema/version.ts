/** Which bbf this is. The bundler puts the version of package.json in place of the constant; unbundled sources are a development version. */

declare const BBF_VERSION: string;

/** Of what was not bundled. */
export const DEVELOPMENT = '0.0.0-dev';

export const version: string = typeof BBF_VERSION === 'undefined' ? DEVELOPMENT : BBF_VERSION;
