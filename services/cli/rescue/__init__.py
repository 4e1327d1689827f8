"""Taking a Spor out of its folder and putting it back: import, backup, restore, repair, and the drill of it all.

Reading order: `apart` (a server on which no service works), `documents` (those beside an export), `earlier` (what a
witness signed before), `importing`; `kept` (what a backup's folder holds), `backup`, `restore`; `source` and `repair`
(a damaged log); `drill`; `commands`. Whatever is written comes from something that was proved first, and is proved again.
"""
