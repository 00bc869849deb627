package postgres

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"
)

// WaitError is a refusal that says when to try again.
type WaitError struct {
	Refusal error // a *discharge.Error
	After   time.Duration
}

func (e *WaitError) Error() string { return e.Refusal.Error() }

func (e *WaitError) Unwrap() error { return e.Refusal }

// failureKind is what failures are counted for.
type failureKind string

const (
	failuresOfAccount failureKind = "account" // of an e-mail, from where it has never come in
	failuresOfAddress failureKind = "address" // on whatever accounts have never come in from there
	failuresOfPair    failureKind = "pair"    // of an account, from where it has come in before
)

// slowness is how guessing becomes slow: some failures are free, then each makes the next attempt wait twice as long as the
// one before, up to a limit, since nobody may be shut out for ever. They are forgotten after a while without any.
type slowness struct {
	free   int
	first  time.Duration
	most   time.Duration
	forget time.Duration
}

var slownesses = map[failureKind]slowness{
	failuresOfAccount: {free: 5, first: 20 * time.Second, most: 15 * time.Minute, forget: 24 * time.Hour},
	failuresOfPair:    {free: 5, first: 20 * time.Second, most: 15 * time.Minute, forget: 24 * time.Hour},
	// An office or a hospital has one address: more is allowed, and it ends sooner.
	failuresOfAddress: {free: 50, first: 5 * time.Second, most: 5 * time.Minute, forget: time.Hour},
}

// after is how long one must wait after so many failures in a row.
func (s slowness) after(failures int) time.Duration {
	if failures < s.free {
		return 0
	}
	wait := s.first
	for range failures - s.free {
		if wait *= 2; wait >= s.most {
			return s.most
		}
	}
	return wait
}

// failureKey is one of the counts that an attempt is judged by.
type failureKey struct {
	kind failureKind
	key  []byte
}

// failureKeys are those of an attempt, always in the same order: whoever has come in from an address before is judged by
// their own failures there alone, so that nobody is kept out by what a stranger does to their account or by what a
// neighbour does behind their address.
func failureKeys(email, address string, known bool) []failureKey {
	if known {
		return []failureKey{{failuresOfPair, hashOf(email + "\n" + address)}}
	}
	return []failureKey{{failuresOfAccount, hashOf(email)}, {failuresOfAddress, hashOf(address)}}
}

// network is the part of an address that one subscriber has: of IPv6 the first 64 bits.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}

// mustWait is how long an attempt has to wait; zero: it may be made now.
func (s *Store) mustWait(ctx context.Context, keys []failureKey, now time.Time) (time.Duration, error) {
	longest := time.Duration(0)
	for _, k := range keys {
		until, err := column[time.Time](ctx, s.pool, `
			SELECT blocked_until FROM login_failures WHERE kind = $1 AND key = $2 AND blocked_until > $3`, k.kind, k.key, now)
		if err != nil {
			return 0, fmt.Errorf("read failures: %w", err)
		}
		for _, u := range until {
			longest = max(longest, u.Sub(now))
		}
	}
	return longest, nil
}

// countFailure counts a failure and says how long the next attempt will have to wait.
func countFailure(ctx context.Context, tx pgx.Tx, keys []failureKey, userID string, now time.Time) (time.Duration, error) {
	longest := time.Duration(0)
	for _, k := range keys {
		slow := slownesses[k.kind]
		owner := userID
		if k.kind == failuresOfAddress {
			owner = ""
		}
		args := pgx.NamedArgs{
			"kind": k.kind, "key": k.key, "user": null(owner), "now": now, "forget": now.Add(-slow.forget),
		}
		var failures int
		err := tx.QueryRow(ctx, `
			INSERT INTO login_failures AS f (kind, key, user_id, failures, last_at, blocked_until)
			VALUES (@kind, @key, @user, 1, @now, @now)
			ON CONFLICT (kind, key) DO UPDATE
			SET failures = CASE WHEN f.last_at < @forget THEN 1 ELSE f.failures + 1 END, last_at = @now, user_id = @user
			RETURNING failures`, args).Scan(&failures)
		if err != nil {
			return 0, fmt.Errorf("count failure: %w", err)
		}
		wait := slow.after(failures)
		if wait == 0 {
			continue
		}
		longest = max(longest, wait)
		args["until"] = now.Add(wait)
		if _, err := tx.Exec(ctx, `UPDATE login_failures SET blocked_until = @until WHERE kind = @kind AND key = @key`, args); err != nil {
			return 0, fmt.Errorf("slow down: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `
		DELETE FROM login_failures WHERE (kind, key) IN (
		    SELECT kind, key FROM login_failures WHERE last_at < $1 LIMIT 100 FOR UPDATE SKIP LOCKED)`, now.Add(-2*24*time.Hour))
	if err != nil {
		return 0, fmt.Errorf("forget failures: %w", err)
	}
	return longest, nil
}

// forgetFailures takes back an account's failures of these counts; an address keeps its own, or whoever has one account
// could guess at all the others.
func forgetFailures(ctx context.Context, tx pgx.Tx, keys []failureKey) error {
	for _, k := range keys {
		if k.kind == failuresOfAddress {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM login_failures WHERE kind = $1 AND key = $2`, k.kind, k.key); err != nil {
			return fmt.Errorf("forget failures: %w", err)
		}
	}
	return nil
}

// addressLife is how long an account is known at an address where it has come in.
const addressLife = 30 * 24 * time.Hour

// rememberAddress notes that an account has come in from an address.
func rememberAddress(ctx context.Context, tx pgx.Tx, userID, address string, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO login_addresses (user_id, address, last_at) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, address) DO UPDATE SET last_at = excluded.last_at`, userID, hashOf(address), now)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM login_addresses WHERE user_id = $1 AND last_at < $2`, userID, now.Add(-addressLife))
	}
	if err != nil {
		return fmt.Errorf("remember address: %w", err)
	}
	return nil
}
