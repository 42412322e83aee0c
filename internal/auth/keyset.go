package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

// keySetMethods are the algorithms of key sets.
var keySetMethods = []string{jwt.SigningMethodRS256.Alg(), jwt.SigningMethodES256.Alg(), jwt.SigningMethodEdDSA.Alg()}

// minRSABits is the shortest RSA key.
//
// Source: RFC 7518, section 3.3: a key of 2048 bits or larger must be used.
const minRSABits = 2048

// publicKey is a key of a key set and the one algorithm that it is used with.
type publicKey struct {
	method string
	public any // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
}

// keySet is a key set by kid.
type keySet map[string]publicKey

// parseKeySet reads a JWK Set. It ignores keys for other uses and other algorithms,
// which issuers publish too, and keys without a kid, which no token can name. It
// rejects a set with a symmetric or private key: that key is no secret any more.
func parseKeySet(text []byte) (keySet, error) {
	var set jwkset.JWKSMarshal
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New(`it is not a JWK Set: a JSON object with the array "keys"`)
	}
	keys := keySet{}
	for i, jwk := range set.Keys {
		if secret := secretIn(jwk); secret != "" {
			return nil, fmt.Errorf("key %d of the set is %s. Publish public keys only, and replace that key", i+1, secret)
		}
		method := methodOf(jwk)
		if method == "" || jwk.KID == "" {
			continue
		}
		if _, again := keys[jwk.KID]; again {
			return nil, fmt.Errorf("key %d of the set has the kid of an earlier one. Give each key a kid of its own", i+1)
		}
		public, err := publicOf(jwk)
		if err != nil {
			return nil, fmt.Errorf("key %d of the set cannot be used: %w", i+1, err)
		}
		keys[jwk.KID] = publicKey{method, public}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("it has no key with a kid for %v", keySetMethods)
	}
	return keys, nil
}

// secretIn says what a key that must not be published is.
func secretIn(jwk jwkset.JWKMarshal) string {
	switch {
	case jwk.KTY == jwkset.KtyOct || jwk.K != "":
		return "symmetric"
	case jwk.D != "" || jwk.P != "" || jwk.Q != "":
		return "a private key"
	}
	return ""
}

// methodOf is the algorithm that a key is for; empty for any that is not ours.
func methodOf(jwk jwkset.JWKMarshal) string {
	canVerify := len(jwk.KEYOPS) == 0 || slices.Contains(jwk.KEYOPS, jwkset.KeyOpsVerify)
	if jwk.USE != "" && jwk.USE != jwkset.UseSig || !canVerify {
		return ""
	}
	var method string
	switch {
	case jwk.KTY == jwkset.KtyRSA:
		method = jwt.SigningMethodRS256.Alg()
	case jwk.KTY == jwkset.KtyEC && jwk.CRV == jwkset.CrvP256:
		method = jwt.SigningMethodES256.Alg()
	case jwk.KTY == jwkset.KtyOKP && jwk.CRV == jwkset.CrvEd25519:
		method = jwt.SigningMethodEdDSA.Alg()
		if jwk.ALG == "Ed25519" { // the same algorithm by its newer name, RFC 9864
			return method
		}
	}
	if jwk.ALG != "" && jwk.ALG.String() != method {
		return ""
	}
	return method
}

// publicOf decodes a key. Only its parameters are passed on: the library would fetch the
// certificates of an x5u.
func publicOf(jwk jwkset.JWKMarshal) (any, error) {
	bare := jwkset.JWKMarshal{KTY: jwk.KTY, CRV: jwk.CRV, X: jwk.X, Y: jwk.Y, N: jwk.N, E: jwk.E}
	if jwk.KTY == jwkset.KtyOKP {
		bare.ALG = jwkset.AlgEdDSA
	}
	key, err := jwkset.NewJWKFromMarshal(bare, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return nil, errors.New("its parameters are not valid")
	}
	switch public := key.Key().(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() < minRSABits {
			return nil, fmt.Errorf("an RSA key needs at least %d bits", minRSABits)
		}
		return public, nil
	case *ecdsa.PublicKey:
		if _, err := public.ECDH(); err != nil || public.Curve != elliptic.P256() {
			return nil, errors.New("its point is not on the curve P-256")
		}
		return public, nil
	case ed25519.PublicKey:
		return public, nil
	}
	return nil, errors.New("it is of another type than its kty")
}
