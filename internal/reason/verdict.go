package reason

// Why a file would not be delivered, or would look different than the user expects
// (preflight). The fact "name" is the everyday name of a format, such as "HEIC". The facts
// "size" and "limit" are in bytes.
const (
	// FileEmpty: the file has no bytes.
	FileEmpty Code = "file_empty"
	// FileUnreadable: the file could not be read, so nothing is known about it. A caller
	// that can read it again should do so before it uses this verdict.
	FileUnreadable Code = "file_unreadable"
	// FileTooLarge: the file exceeds the limit. Facts: size, limit.
	FileTooLarge Code = "file_too_large"
	// FileNearLimit: the size is between the two readings of the provider's "MB". Facts:
	// size, limit (of 1,000,000 bytes a megabyte).
	FileNearLimit Code = "file_near_limit"
	// FileTruncated: bytes that the format announces are missing. Fact: name.
	FileTruncated Code = "file_truncated"
	// FileCorrupt: the bytes contradict the format. Fact: name.
	FileCorrupt Code = "file_corrupt"
	// FileTrailing: extra bytes follow the content.
	FileTrailing Code = "file_trailing"
	// FileLeading: extra bytes precede the content.
	FileLeading Code = "file_leading"
	// FileUndetermined: too large or too complex to read completely.
	FileUndetermined Code = "file_undetermined"

	// TypeUnknown: the format is unknown.
	TypeUnknown Code = "type_unknown"
	// TypeNotAccepted: WhatsApp does not support the format. Fact: name.
	TypeNotAccepted Code = "type_not_accepted"
	// KindNotAllowed: the format belongs to none of the requested kinds. Fact: name.
	KindNotAllowed Code = "kind_not_allowed"
	// TemplateNotAccepted: the format is not supported in a template header. Fact: name.
	TemplateNotAccepted Code = "template_not_accepted"
	// ProfileNotAccepted: the format is not supported for a profile picture, which is
	// JPEG or PNG. Fact: name.
	ProfileNotAccepted Code = "profile_not_accepted"
	// ExtensionMismatch: the extension does not match the content. The file is sent with
	// the type of its content. Facts: extension, name, expected.
	ExtensionMismatch Code = "extension_mismatch"
	// DeclaredTypeMismatch: the sender declared another type. The file is sent with the
	// type of its content. Facts: declared, type.
	DeclaredTypeMismatch Code = "declared_type_mismatch"
	// ContentNotAsNamed: the extension belongs to a binary format, but the content is
	// text, as after a failed download. Fact: extension.
	ContentNotAsNamed Code = "content_not_as_named"
	// ActiveContent: the format can run scripts. Fact: name.
	ActiveContent Code = "active_content"

	// ImageDepth: the image does not have 8 bits per sample. Fact: depth.
	ImageDepth Code = "image_depth"
	// ImageColor: phones do not show this colour space. Fact: color.
	ImageColor Code = "image_color"
	// ImageColorUnusual: neither RGB nor RGBA, which the documentation requires, but
	// delivered in practice. Fact: color.
	ImageColorUnusual Code = "image_color_unusual"
	// ImageCoding: phones do not decode this JPEG process. Fact: coding.
	ImageCoding Code = "image_coding"
	// ImageRotated: the image is rotated by its EXIF orientation, not in its pixels.
	ImageRotated Code = "image_rotated"
	// ImageLocation: the file contains the location where it was taken.
	ImageLocation Code = "image_location"
	// ImageAnimated: only the first frame will be shown.
	ImageAnimated Code = "image_animated"
	// ImagePixels: more pixels than phones can open. Facts: width, height.
	ImagePixels Code = "image_pixels"

	// VideoCodec: the video codec is not H.264. Fact: codec.
	VideoCodec Code = "video_codec"
	// VideoProfile: phones do not decode this H.264 profile. Fact: profile.
	VideoProfile Code = "video_profile"
	// VideoBFrames: Android clients do not play this video. Fact: profile.
	VideoBFrames Code = "video_b_frames"
	// VideoIndexLast: playback cannot start before the whole file is loaded.
	VideoIndexLast Code = "video_index_last"
	// VideoFragmented: the MP4 is fragmented.
	VideoFragmented Code = "video_fragmented"
	// VideoMissing: there is no video track.
	VideoMissing Code = "video_missing"
	// VideoUndetermined: the codec's settings could not be read.
	VideoUndetermined Code = "video_undetermined"
	// AudioCodec: the audio codec is not supported in this container. Fact: codec.
	AudioCodec Code = "audio_codec"
	// AudioTracks: there is more than one audio track. Fact: count.
	AudioTracks Code = "audio_tracks"
	// AudioUndetermined: the codec could not be read.
	AudioUndetermined Code = "audio_undetermined"
	// AudioChannels: Opus in Ogg must be mono. Fact: channels.
	AudioChannels Code = "audio_channels"
	// AudioFragmented: the MP4 is fragmented, as browsers record it.
	AudioFragmented Code = "audio_fragmented"
	// VoiceTooLarge: as a voice message the file shows a download button. Facts: size,
	// limit.
	VoiceTooLarge Code = "voice_too_large"
	// MediaEncrypted: the file is copy-protected.
	MediaEncrypted Code = "media_encrypted"

	// StickerSize: not 512 × 512 pixels. Facts: width, height.
	StickerSize Code = "sticker_size"
	// StickerDuration: the animation is too long. Facts: duration, limit.
	StickerDuration Code = "sticker_duration"
	// StickerFrame: a frame is too short. Facts: duration, limit.
	StickerFrame Code = "sticker_frame"

	// DocumentEncrypted: the document needs a password.
	DocumentEncrypted Code = "document_encrypted"
	// DocumentScript: the PDF runs a script.
	DocumentScript Code = "document_script"
	// DocumentMacros: an Office document with macros. Fact: name.
	DocumentMacros Code = "document_macros"
	// DocumentTemplate: an Office template. Fact: name.
	DocumentTemplate Code = "document_template"
	// PDFHeader: extra bytes precede the PDF. Fact: offset.
	PDFHeader Code = "pdf_header"
	// SourceText: HTML or source code with the extension of plain text. Fact: name.
	SourceText Code = "source_text"
	// TextEncoding: text in a legacy encoding that the file does not declare.
	TextEncoding Code = "text_encoding"

	// ProfileNotSquare: the edges will be cut off. Facts: width, height.
	ProfileNotSquare Code = "profile_not_square"
	// ProfileSmall: too few pixels. Facts: width, height, limit.
	ProfileSmall Code = "profile_small"
	// ProfileTransparent: transparent areas become black.
	ProfileTransparent Code = "profile_transparent"
)

// What a user can do about a verdict.
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
