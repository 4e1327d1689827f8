"""The site that people look at: pages in Danish, and in English below `/en`, for whoever asks and may see.

A page is made of facts that its reader may see (`events.visibility`) and of what services answer over NATS; it names the
position that it was read at, and is the same bytes for the same position, clocks, language and reader. Every page works
without JavaScript, loads nothing from outside, and says both clocks. What only people do comes in by claims from the
source `desk`; there are no such forms yet.
"""
