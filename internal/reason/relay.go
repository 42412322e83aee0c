package reason

// Why a complete upload did not become an asset, or not yet. The same code applies to a
// waiting and to a failed upload, so its sentence says what went wrong and where the file
// is. The upload's state says whether there will be another attempt.
const (
	// DigestMismatch: the bytes that arrived differ from those that were sent.
	DigestMismatch Code = "digest_mismatch"
	// ContentContradiction: two independent detections disagree about the file type.
	// Facts: type, other.
	ContentContradiction Code = "content_contradiction"
	// BytesGone: the stored bytes are missing, or are not those that were finished.
	BytesGone Code = "bytes_gone"
	// ProviderRefused: the provider rejects this file permanently.
	ProviderRefused Code = "provider_refused"
	// ProviderAccount: the provider denies this channel access, or its address or a
	// proxy is wrong. An operator must act.
	ProviderAccount Code = "provider_account"
	// ProviderBusy: the provider asks to wait.
	ProviderBusy Code = "provider_busy"
	// ProviderUnavailable: the provider does not respond, or responds with something
	// unusable.
	ProviderUnavailable Code = "provider_unavailable"
	// StoreUnavailable: our own store of bytes does not respond.
	StoreUnavailable Code = "store_unavailable"
	// ChannelGone: the upload's channel is no longer configured.
	ChannelGone Code = "channel_gone"
)

// SendAgain: upload the same file again.
const SendAgain Fix = "send_again"
