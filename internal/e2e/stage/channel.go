package stage

const (
	Channel   = "acme"
	APIKey    = "key-of-acme"
	JWTSecret = "a secret of the tests, of 32 bytes and more"
)
