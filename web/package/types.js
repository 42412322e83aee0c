// The entries /react and /vue have types alone.
export {}
