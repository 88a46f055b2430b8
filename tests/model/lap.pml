/* SPDX-License-Identifier: MIT */
/*
 * Reading a buffer that the writer may come round in: R4 and R5 of
 * <linux/s390_log.h>, against the beginning of a sub-buffer in W3
 *
 * One writer fills SUBBUFS sub-buffers of two words, one after the other, in the
 * SLOTS places of the buffer; each word says to which sub-buffer it belongs. Its
 * stores reach memory in any order: only a barrier waits until all before it are
 * there. That is weaker than s390 and than any machine that Linux runs on.
 *
 * An observer (or the consumer in overwrite mode) copies what lies below the
 * position of any sub-buffer, in any order, and then looks at begun. What is
 * proved: if begun says that nobody has come round, the copy is whole.
 *
 * With -DCONSUMER the writer does not overwrite, and the consumer uses the words
 * in place and then gives the sub-buffer back. What is proved: they do not change
 * under it.
 *
 * Left out: the header's used word, which is a word like another (the release of
 * the next sub-buffer's position covers it); and the change of the mode, which
 * S390_LOG_IOC_MODE ends only when no writer follows the old one: the consumer
 * reads by copy before it sets overwrite mode, and in place after it has left it.
 *
 * Mutations, each of which must fail: -DNO_WMB (no barrier between begun and the
 * first word), -DBEGUN_LATE (begun after the first word), -DNO_RELEASE (the
 * position may be there before the word), -DNO_RMB (begun is read before the
 * copy), -DONE_MORE (the check is one sub-buffer too kind); and with -DCONSUMER
 * -DGIVE_BACK_EARLY (consumed is set before the last word was used).
 */
#ifndef SLOTS
#define SLOTS	2
#endif
#define SUBBUFS	5
#define WORDS	2
#define NOTHING	255
#ifdef ONE_MORE
#define KIND	1
#else
#define KIND	0
#endif

byte memory_of[SLOTS * WORDS] = NOTHING;
byte position;			/* words produced */
byte begun;
byte consumed;

mtype = { set_word, set_position, set_begun };

chan stores = [4] of { mtype, byte, byte };

#define BARRIER		empty(stores)

/* Any store that waits may be the next to reach memory. */
active proctype memory()
{
	byte at, value;

end:	do
	:: atomic { stores ?? set_word, at, value -> memory_of[at] = value; at = 0; value = 0 }
	:: atomic { stores ?? set_position, at, value -> position = value; at = 0; value = 0 }
	:: atomic { stores ?? set_begun, at, value -> begun = value; at = 0; value = 0 }
	od
}

inline begin()
{
	stores ! set_begun, 0, subbuf + 1;
#ifndef NO_WMB
	BARRIER;
#endif
}

active proctype writer()
{
	byte subbuf, word;

	do
	:: subbuf == SUBBUFS -> break
	:: subbuf < SUBBUFS ->
#ifdef CONSUMER
		subbuf - consumed < SLOTS;	/* or records are dropped meanwhile */
#endif
#ifndef BEGUN_LATE
		begin();
#endif
		word = 0;
		do
		:: word == WORDS -> break
		:: word < WORDS ->
			stores ! set_word, (subbuf % SLOTS) * WORDS + word, subbuf;
#ifdef BEGUN_LATE
			if
			:: word == 0 -> BARRIER; begin()
			:: else
			fi;
#endif
#ifndef NO_RELEASE
			BARRIER;
#endif
			word++;
			stores ! set_position, 0, subbuf * WORDS + word;
#ifdef NO_RELEASE
			/* One position at a time: stores to one place keep their order. */
			!(stores ?? [set_position, 0, eval(subbuf * WORDS + word)]);
#endif
		od;
		subbuf++
	od
}

#define BASE		(subbuf * WORDS)
#define PLACE(word)	memory_of[(subbuf % SLOTS) * WORDS + word]

#ifdef CONSUMER
active proctype consumer()
{
	byte subbuf;

	do
	:: subbuf == SUBBUFS -> break
	:: subbuf < SUBBUFS ->
		position >= BASE + WORDS;
#ifdef GIVE_BACK_EARLY
		consumed = subbuf + 1;
#endif
		assert(PLACE(0) == subbuf);
		assert(PLACE(1) == subbuf);
#ifndef GIVE_BACK_EARLY
		consumed = subbuf + 1;		/* after a barrier */
#endif
		subbuf++
	od
}
#else
inline copy_words()
{
	if
	:: first = PLACE(0); second = PLACE(1)
	:: second = PLACE(1); first = PLACE(0)
	fi
}

/* One look. The writer may be anywhere: that covers every later look. */
active proctype observer()
{
	byte subbuf, below, first, second, now;

	do
	:: subbuf < SUBBUFS - 1 -> subbuf++
	:: break
	od;
	below = position;			/* R3 */
	if
	:: below <= BASE -> goto nothing
	:: else
	fi;
#ifdef NO_RMB
	now = begun;
	copy_words();				/* R4 */
#else
	copy_words();				/* R4 */
	now = begun;				/* R5 */
#endif
	if
	:: now <= subbuf + SLOTS + KIND ->
		assert(first == subbuf);
		assert(below < BASE + 2 || second == subbuf)
	:: else
	fi;
nothing:
	skip
}
#endif
