package html

// Desk is what stands around a page of the desk: who reads it, where they may go, where they are.
type Desk struct {
	Institution string  // who runs the service; empty: nothing is said
	Reader      *Reader // nil before signing in
	Sections    []Section
	Trail       []Crumb // from the first page down to the one above this
	Flash       Flash
	Practice    bool // no real data here: demo or training
}

// Reader is who has signed in.
type Reader struct {
	Name         string
	Organisation string
	Role         string // in Italian, of the first programme
}

// Section is an entry of the main navigation.
type Section struct {
	Label   string
	Path    Path
	Current bool
}

// Crumb is a page above this one.
type Crumb struct {
	Label string
	Path  Path
}

// Path is an address of ours, made by the program, never of what people wrote.
type Path string

// Flash is said once, on the page after an action. It holds no personal data: it waits in the session.
type Flash struct {
	Kind string // success, warning, danger
	Text string
}

// Badge is a state in one glance: words first, the colour repeats them.
type Badge struct {
	Tone string // primary, success, warning, danger, secondary
	Text string
}

// Empty stands where a list would be, and says what comes next.
type Empty struct {
	Title, Text string
	Link        Path // where to go on; empty: nowhere
	Label       string
}

// Pager leads to the other parts of a list.
type Pager struct {
	First, Last, Total int
	Previous, Next     Path // empty at the ends
}
