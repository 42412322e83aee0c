/** Why a token is needed: there is none, or the server did not accept the last one. */
export type TokenReason = 'missing' | 'expired'
