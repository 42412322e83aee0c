package preflight

import (
	"strconv"

	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// video holds a film against "H.264 and AAC, one audio stream or none" (Cloud
// API, Media reference).
func (c *candidate) video(found *reasons) {
	m := c.f.Movie
	if m == nil {
		return
	}
	pictures := m.Of(probe.RoleVideo)
	if len(pictures) == 0 && !c.damaged() {
		found.refuse(reason.VideoMissing, nil, reason.ConvertToMP4, reason.ChooseAnotherFile)
	}
	for _, t := range pictures {
		c.picture(t, found)
	}
	if len(pictures) > 1 { // no rule speaks of a second film, and players choose one
		found.warn(reason.FileUndetermined, nil, reason.ConvertToMP4)
	}
	sounds := m.Of(probe.RoleAudio)
	for _, t := range sounds {
		c.sound(t, found)
	}
	if len(sounds) > 1 {
		found.refuse(reason.AudioTracks, count("count", len(sounds)), reason.KeepOneSoundTrack)
	}
	c.order(m, found)
}

// damaged: what is not found may be in the bytes that could not be read.
func (c *candidate) damaged() bool {
	return c.f.Has(probe.Corrupt) || c.f.Has(probe.Truncated) || c.f.Has(probe.Undetermined)
}

func count(name string, n int) []reason.Fact {
	return facts(reason.Number(name, int64(n), reason.UnitNone))
}

func (c *candidate) picture(t probe.Track, found *reasons) {
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
		// Nobody says whether pictures without colour arrive.
		found.warn(reason.VideoUndetermined, nil, reason.ConvertToMP4)
	case t.BFrames:
		found.warn(reason.VideoBFrames, facts(reason.Text("profile", profileName(t))), reason.ExportForAndroid)
	}
}

// isPlayable: a profile, 8 bits and 4:2:0 at most, which is all that phones
// decode in hardware.
func isPlayable(t probe.Track) bool {
	return t.Depth == 8 && t.Chroma <= 1 && probe.IsCommonProfile(t.Profile)
}

// profileName names profile_idc as players do (ITU-T H.264, annex A).
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

func (c *candidate) sound(t probe.Track, found *reasons) {
	switch {
	case t.Encrypted:
		found.refuse(reason.MediaEncrypted, nil, reason.RemoveProtection)
	case t.Codec == "":
		found.warn(reason.AudioUndetermined, nil, reason.ConvertSoundToAAC)
	case t.Codec != "aac":
		found.refuse(reason.AudioCodec, codec(t.Codec), reason.ConvertSoundToAAC)
	}
}

// order speaks of where things stand in the file.
func (c *candidate) order(m *probe.Movie, found *reasons) {
	if m.Fragmented {
		found.warn(reason.VideoFragmented, nil, reason.Defragment)
	}
	if m.IndexLast {
		found.warn(reason.VideoIndexLast, nil, reason.MoveIndexFirst)
	}
}

// audio holds sound against what each container may hold.
func (c *candidate) audio(found *reasons) {
	m := c.f.Movie
	if m == nil {
		return
	}
	sounds := m.Of(probe.RoleAudio)
	for _, t := range sounds {
		switch c.typ {
		case "audio/mp4":
			c.sound(t, found)
		case "audio/ogg":
			c.ogg(t, found)
		case "audio/mpeg":
			c.mpeg(t, found)
		}
	}
	if len(sounds) == 0 && !c.damaged() {
		found.refuse(reason.AudioUndetermined, nil, reason.ConvertToMP3)
	}
	if m.Fragmented {
		found.refuse(reason.AudioFragmented, nil, reason.ConvertToMP3)
	}
}

func (c *candidate) mpeg(t probe.Track, found *reasons) {
	if t.Codec != "mp3" {
		found.refuse(reason.AudioCodec, codec(t.Codec), reason.ConvertToMP3)
	}
}

// ogg: "base audio/ogg not supported", "mono input only" (Cloud API, Media
// reference). A voice note above 512 KB has no play button.
func (c *candidate) ogg(t probe.Track, found *reasons) {
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

// codecName writes a codec as people know it; one that is not listed is written
// in capitals.
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
