package reason

// Why a file would not be delivered, or would be delivered otherwise than the
// person expects (preflight). A fact "name" is a format in common words, such as
// "HEIC"; sizes are facts "size" and "limit" in bytes.
const (
	// FileEmpty: there are no bytes.
	FileEmpty Code = "file_empty"
	// FileUnreadable: the reader failed, so nothing is known of the file. Who
	// can try again does so before this verdict counts.
	FileUnreadable Code = "file_unreadable"
	// FileTooLarge: above the limit. Facts: size, limit.
	FileTooLarge Code = "file_too_large"
	// FileNearLimit: between the two readings of the provider's "MB". Facts:
	// size, limit (of 1,000,000 bytes a megabyte).
	FileNearLimit Code = "file_near_limit"
	// FileTruncated: bytes that the file promises are missing. Fact: name.
	FileTruncated Code = "file_truncated"
	// FileCorrupt: bytes contradict the format. Fact: name.
	FileCorrupt Code = "file_corrupt"
	// FileTrailing: bytes that do not belong to the content follow it.
	FileTrailing Code = "file_trailing"
	// FileLeading: bytes that do not belong to the content stand before it.
	FileLeading Code = "file_leading"
	// FileUndetermined: too large or too intricate to read in full.
	FileUndetermined Code = "file_undetermined"

	// TypeUnknown: the bytes are of no format that is known here.
	TypeUnknown Code = "type_unknown"
	// TypeNotAccepted: WhatsApp does not take the format. Fact: name.
	TypeNotAccepted Code = "type_not_accepted"
	// KindNotAllowed: the format is not of a kind that was asked for. Fact: name.
	KindNotAllowed Code = "kind_not_allowed"
	// TemplateNotAccepted: no template header takes the format. Fact: name.
	TemplateNotAccepted Code = "template_not_accepted"
	// ProfileNotAccepted: a profile picture takes JPEG and PNG. Fact: name.
	ProfileNotAccepted Code = "profile_not_accepted"
	// ExtensionMismatch: the name ends otherwise than the content; it is sent
	// as what it is. Facts: extension, name, expected.
	ExtensionMismatch Code = "extension_mismatch"
	// DeclaredTypeMismatch: the sender claimed another type; the file is sent
	// as what it is. Facts: declared, type.
	DeclaredTypeMismatch Code = "declared_type_mismatch"
	// ContentNotAsNamed: the name promises a format and the inside is text, as
	// after a failed download. Fact: extension.
	ContentNotAsNamed Code = "content_not_as_named"
	// ActiveContent: the format can run scripts. Fact: name.
	ActiveContent Code = "active_content"

	// ImageDepth: not 8 bits a sample. Fact: depth.
	ImageDepth Code = "image_depth"
	// ImageColor: colours that phones do not show. Fact: color.
	ImageColor Code = "image_color"
	// ImageColorUnusual: neither RGB nor RGBA, contrary to the letter of the
	// rule, but delivered in practice. Fact: color.
	ImageColorUnusual Code = "image_color_unusual"
	// ImageCoding: a JPEG process that phones do not decode. Fact: coding.
	ImageCoding Code = "image_coding"
	// ImageRotated: the camera's note, not the pixels, says how it is turned.
	ImageRotated Code = "image_rotated"
	// ImageLocation: the file tells where it was taken.
	ImageLocation Code = "image_location"
	// ImageAnimated: only the first frame will be seen.
	ImageAnimated Code = "image_animated"
	// ImagePixels: more pixels than any phone opens. Facts: width, height.
	ImagePixels Code = "image_pixels"

	// VideoCodec: not H.264. Fact: codec.
	VideoCodec Code = "video_codec"
	// VideoProfile: H.264 in a form that phones do not decode. Fact: profile.
	VideoProfile Code = "video_profile"
	// VideoBFrames: Android clients do not play it. Fact: profile.
	VideoBFrames Code = "video_b_frames"
	// VideoIndexLast: playback cannot begin before all is loaded.
	VideoIndexLast Code = "video_index_last"
	// VideoFragmented: described in pieces.
	VideoFragmented Code = "video_fragmented"
	// VideoMissing: there is no video track.
	VideoMissing Code = "video_missing"
	// VideoUndetermined: the codec's settings could not be read.
	VideoUndetermined Code = "video_undetermined"
	// AudioCodec: a codec that is not taken in this container. Fact: codec.
	AudioCodec Code = "audio_codec"
	// AudioTracks: more than one sound track. Fact: count.
	AudioTracks Code = "audio_tracks"
	// AudioUndetermined: the codec could not be read.
	AudioUndetermined Code = "audio_undetermined"
	// AudioChannels: Opus in Ogg must be mono. Fact: channels.
	AudioChannels Code = "audio_channels"
	// AudioFragmented: described in pieces, as browsers record.
	AudioFragmented Code = "audio_fragmented"
	// VoiceTooLarge: as a voice note it shows a download sign. Facts: size, limit.
	VoiceTooLarge Code = "voice_too_large"
	// MediaEncrypted: copy protection.
	MediaEncrypted Code = "media_encrypted"

	// StickerSize: not 512 x 512. Facts: width, height.
	StickerSize Code = "sticker_size"
	// StickerDuration: the animation is too long. Facts: duration, limit.
	StickerDuration Code = "sticker_duration"
	// StickerFrame: a frame is too short. Facts: duration, limit.
	StickerFrame Code = "sticker_frame"

	// DocumentEncrypted: a password is needed to open it.
	DocumentEncrypted Code = "document_encrypted"
	// DocumentScript: a PDF that runs a script.
	DocumentScript Code = "document_script"
	// DocumentMacros: an Office document with macros. Fact: name.
	DocumentMacros Code = "document_macros"
	// DocumentTemplate: an Office template. Fact: name.
	DocumentTemplate Code = "document_template"
	// PDFHeader: something stands before the PDF. Fact: offset.
	PDFHeader Code = "pdf_header"
	// SourceText: a web page or program text under the name of a plain text. Fact: name.
	SourceText Code = "source_text"
	// TextEncoding: a text in a code page that nothing in the file names.
	TextEncoding Code = "text_encoding"

	// ProfileNotSquare: parts will be cut off. Facts: width, height.
	ProfileNotSquare Code = "profile_not_square"
	// ProfileSmall: too few pixels. Facts: width, height, limit.
	ProfileSmall Code = "profile_small"
	// ProfileTransparent: what is transparent becomes black.
	ProfileTransparent Code = "profile_transparent"
)

// What a person can do about a verdict.
const (
	ChooseAnotherFile   Fix = "choose_another_file"
	ConvertToJPEG       Fix = "convert_to_jpeg"
	ConvertToPNG8       Fix = "convert_to_png_8"
	ConvertToRGB        Fix = "convert_to_rgb"
	ConvertToMP4        Fix = "convert_to_mp4"
	ConvertSoundToAAC   Fix = "convert_sound_to_aac"
	ConvertToMP3        Fix = "convert_to_mp3"
	ConvertToOpusMono   Fix = "convert_to_opus_mono"
	ConvertToSticker    Fix = "convert_to_sticker"
	ConvertToPDF        Fix = "convert_to_pdf"
	SaveAsOffice        Fix = "save_as_office"
	SaveAsText          Fix = "save_as_text"
	SaveAgain           Fix = "save_again"
	MakeSmaller         Fix = "make_smaller"
	KeepOneSoundTrack   Fix = "keep_one_sound_track"
	ExportForAndroid    Fix = "export_for_android"
	MoveIndexFirst      Fix = "move_index_first"
	Defragment          Fix = "defragment"
	TurnPixels          Fix = "turn_pixels"
	RemoveLocation      Fix = "remove_location"
	RemoveTrailingBytes Fix = "remove_trailing_bytes"
	RemovePassword      Fix = "remove_password"
	RemoveProtection    Fix = "remove_protection"
	RemoveScript        Fix = "remove_script"
	ShortenAnimation    Fix = "shorten_animation"
	CropSquare          Fix = "crop_square"
	RenameFile          Fix = "rename_file"
	SendAsImage         Fix = "send_as_image"
	SendAsVideo         Fix = "send_as_video"
	SendAsAudio         Fix = "send_as_audio"
	SendAsDocument      Fix = "send_as_document"
	SendAsSticker       Fix = "send_as_sticker"
	SendAsMessageOnly   Fix = "send_as_message_only"
)
