package preflight

import (
	"strconv"

	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// video checks "H.264 and AAC, one audio stream or none" (Cloud API, Media reference).
func (c *candidate) video(found *reasons) {
	m := c.f.Movie
	if m == nil {
		return
	}
	videos := m.Of(probe.RoleVideo)
	if len(videos) == 0 && !c.damaged() {
		found.refuse(reason.VideoMissing, nil, reason.ConvertToMP4, reason.ChooseAnotherFile)
	}
	for _, t := range videos {
		c.videoTrack(t, found)
	}
	if len(videos) > 1 { // no rule covers a second video track, and players choose one
		found.warn(reason.FileUndetermined, nil, reason.ConvertToMP4)
	}
	tracks := m.Of(probe.RoleAudio)
	for _, t := range tracks {
		c.aacTrack(t, found)
	}
	if len(tracks) > 1 {
		found.refuse(reason.AudioTracks, count("count", len(tracks)), reason.KeepOneSoundTrack)
	}
	c.layout(m, found)
}

// damaged reports whether a missing track may be in bytes that were not read.
func (c *candidate) damaged() bool {
	return c.f.Has(probe.Corrupt) || c.f.Has(probe.Truncated) || c.f.Has(probe.Undetermined)
}

func count(name string, n int) []reason.Fact {
	return facts(reason.Number(name, int64(n), reason.UnitNone))
}

func (c *candidate) videoTrack(t probe.Track, found *reasons) {
	switch {
	case t.Encrypted:
		found.refuse(reason.MediaEncrypted, nil, reason.RemoveProtection)
	case t.Codec == "":
		found.warn(reason.VideoUndetermined, nil, reason.ConvertToMP4)
	case t.Codec != "h264":
		found.refuse(reason.VideoCodec, codec(t.Codec), reason.ConvertToMP4)
	case t.Profile == 0:
		found.warn(reason.VideoUndetermined, nil, reason.ConvertToMP4)
	case !isPlayable(t):
		found.refuse(reason.VideoProfile, facts(reason.Text("profile", profileName(t))), reason.ConvertToMP4)
	case t.Chroma == 0:
		// No source tells whether monochrome video is delivered.
		found.warn(reason.VideoUndetermined, nil, reason.ConvertToMP4)
	case t.BFrames:
		found.warn(reason.VideoBFrames, facts(reason.Text("profile", profileName(t))), reason.ExportForAndroid)
	}
}

// isPlayable reports whether phones decode the track in hardware: a common profile,
// 8 bits, and at most 4:2:0.
func isPlayable(t probe.Track) bool {
	return t.Depth == 8 && t.Chroma <= 1 && probe.IsCommonProfile(t.Profile)
}

// profileName returns the name of a profile_idc (ITU-T H.264, annex A).
func profileName(t probe.Track) string {
	switch t.Profile {
	case 66:
		return "Baseline"
	case 77:
		return "Main"
	case 88:
		return "Extended"
	case 100:
		return "High"
	case 110:
		return "High 10"
	case 122:
		return "High 4:2:2"
	case 44, 244:
		return "High 4:4:4"
	}
	return "profile_idc " + strconv.Itoa(t.Profile)
}

func (c *candidate) aacTrack(t probe.Track, found *reasons) {
	switch {
	case t.Encrypted:
		found.refuse(reason.MediaEncrypted, nil, reason.RemoveProtection)
	case t.Codec == "":
		found.warn(reason.AudioUndetermined, nil, reason.ConvertSoundToAAC)
	case t.Codec != "aac":
		found.refuse(reason.AudioCodec, codec(t.Codec), reason.ConvertSoundToAAC)
	}
}

// layout warns about the order of index and media data in the file.
func (c *candidate) layout(m *probe.Movie, found *reasons) {
	if m.Fragmented {
		found.warn(reason.VideoFragmented, nil, reason.Defragment)
	}
	if m.IndexLast {
		found.warn(reason.VideoIndexLast, nil, reason.MoveIndexFirst)
	}
}

// audio checks the codec that each container may have.
func (c *candidate) audio(found *reasons) {
	m := c.f.Movie
	if m == nil {
		return
	}
	tracks := m.Of(probe.RoleAudio)
	for _, t := range tracks {
		switch c.typ {
		case "audio/mp4":
			c.aacTrack(t, found)
		case "audio/ogg":
			c.oggTrack(t, found)
		case "audio/mpeg":
			c.mpegTrack(t, found)
		}
	}
	if len(tracks) == 0 && !c.damaged() {
		found.refuse(reason.AudioUndetermined, nil, reason.ConvertToMP3)
	}
	if m.Fragmented {
		found.refuse(reason.AudioFragmented, nil, reason.ConvertToMP3)
	}
}

func (c *candidate) mpegTrack(t probe.Track, found *reasons) {
	if t.Codec != "mp3" {
		found.refuse(reason.AudioCodec, codec(t.Codec), reason.ConvertToMP3)
	}
}

// oggTrack checks "base audio/ogg not supported" and "mono input only" (Cloud API, Media
// reference). A voice message above 512 KB has no play button (Cloud API, Audio
// messages).
func (c *candidate) oggTrack(t probe.Track, found *reasons) {
	switch {
	case t.Codec != "opus":
		found.refuse(reason.AudioCodec, codec(t.Codec), reason.ConvertToMP3)
	case t.Channels != 1:
		found.refuse(reason.AudioChannels, count("channels", t.Channels), reason.ConvertToOpusMono, reason.ConvertToMP3)
	case c.q.Size > voicePlayLimitBytes:
		found.warn(reason.VoiceTooLarge, sizes(c.q.Size, voicePlayLimitBytes), reason.MakeSmaller)
	}
}

func codec(name string) []reason.Fact { return facts(reason.Text("codec", codecName(name))) }

// codecName returns the usual spelling of a codec; an unlisted one is returned as it is.
func codecName(name string) string {
	if known, ok := codecNames[name]; ok {
		return known
	}
	return name
}

var codecNames = map[string]string{
	"hevc": "H.265", "vvc": "H.266", "av1": "AV1", "vp8": "VP8", "vp9": "VP9", "mpeg4": "MPEG-4 Part 2 (DivX, Xvid)",
	"h263": "H.263", "mpeg1": "MPEG-1", "mpeg2": "MPEG-2", "prores": "ProRes", "mjpeg": "Motion JPEG", "jpeg": "Motion JPEG", "png": "PNG",
	"mp1": "MPEG Layer I", "mp2": "MPEG Layer II", "mp3": "MP3", "ac3": "Dolby AC-3", "eac3": "Dolby E-AC-3", "ac4": "Dolby AC-4",
	"opus": "Opus", "vorbis": "Vorbis", "flac": "FLAC", "speex": "Speex", "alac": "Apple Lossless (ALAC)",
	"amr": "AMR", "amr-wb": "AMR-WB", "pcm": "PCM", "pcm-ulaw": "PCM", "pcm-alaw": "PCM", "dts": "DTS",
	"usac": "xHE-AAC (USAC)", "als": "MPEG-4 ALS", "qcelp": "QCELP", "evrc": "EVRC", "mixed": "several codecs",
}
