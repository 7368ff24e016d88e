"""Receipts and proofs about money: which are due, under which number, what they say, and who may have them."""
