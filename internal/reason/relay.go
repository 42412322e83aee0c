package reason

// Why a finished upload did not become an asset, or has not yet: one code serves an
// upload that waits and one that has failed. So its sentence says what was wrong and
// where the file is; whether it is tried again is the state's to say.
const (
	// DigestMismatch: the bytes that arrived are not those that were sent.
	DigestMismatch Code = "digest_mismatch"
	// ContentContradiction: two independent readings of the bytes disagree about
	// what the file is. Facts: type, other.
	ContentContradiction Code = "content_contradiction"
	// BytesGone: the stored bytes are kept no longer.
	BytesGone Code = "bytes_gone"
	// ProviderRefused: the provider does not take this file, now or later.
	ProviderRefused Code = "provider_refused"
	// ProviderAccount: the provider does not let this channel in, or is not where its
	// address or a proxy leads; an operator must act.
	ProviderAccount Code = "provider_account"
	// ProviderBusy: the provider asks to wait.
	ProviderBusy Code = "provider_busy"
	// ProviderUnavailable: the provider does not answer, or not sensibly.
	ProviderUnavailable Code = "provider_unavailable"
	// StoreUnavailable: our own store of bytes does not answer.
	StoreUnavailable Code = "store_unavailable"
	// ChannelGone: the upload's channel is not configured any more.
	ChannelGone Code = "channel_gone"
)

// SendAgain: upload the same file once more.
const SendAgain Fix = "send_again"
