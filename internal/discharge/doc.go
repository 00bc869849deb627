// Package discharge holds the rules of a protected discharge, and nothing else.
//
// A [Case] is the result of its [Event]s. A person's [Command], or the passing of time ([Tick]), is judged by
// [Decide], which answers with the events to record or with a refusal in Italian; [Case.Apply] makes an event
// part of the case; [Case.Deadlines] derives every clock, with its reason; [Notices] says who must hear of it;
// [Case.View] and [Case.AllowedTo] say who may read and who may act; [Mermaid] draws the path. Everything is pure: no
// clock, no storage, no network, so that the form, the Update's turn, the timer and the tests all judge alike.
//
// Free text (names, notes, reasons, minutes) never enters this package: it stays in Postgres beside the command
// that brought it. Here there are only codes, dates, amounts and opaque ids.
package discharge
