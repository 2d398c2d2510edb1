; Two 64-bit counters share a word; each formula has a model, so that a solver that says unsat is wrong.
(set-logic QF_BV)
(declare-fun word () (_ BitVec 256))
(declare-fun low () (_ BitVec 64))
(declare-fun high () (_ BitVec 64))
(define-fun lower ((w (_ BitVec 256))) (_ BitVec 64) ((_ extract 63 0) w))
(define-fun upper ((w (_ BitVec 256))) (_ BitVec 64) ((_ extract 127 64) w))

; An empty word: a time a little later than its counter.
(push 1)
(assert (= word (_ bv0 256)))
(assert (= ((_ extract 63 10) (bvadd (_ bv1500 64) (lower word))) (_ bv1 54)))
(check-sat)
(pop 1)

; A packed word is what went in.
(push 1)
(assert (= word (concat (_ bv0 128) high low)))
(assert (= (bvadd (lower word) (_ bv3600 64)) (upper word)))
(assert (bvult (upper word) (lower word)))
(check-sat)
(pop 1)

; A deadline past which a counter has run.
(push 1)
(assert (= (lower word) (_ bv0 64)))
(assert (bvugt (bvadd (upper word) (_ bv60 64)) (_ bv1000000 64)))
(assert (= ((_ extract 63 11) (bvadd (_ bv2000 64) (lower word))) (_ bv0 53)))
(check-sat)
(pop 1)
