#!/usr/bin/env python3
"""Writes the schema of reports as the C text that src/report/schema.h declares.

    schema.py OUTPUT SCHEMA FOLDER-OF-EMBED
"""

import sys
from pathlib import Path

sys.path.insert(0, sys.argv[3])
from embed import array  # noqa: E402

Path(sys.argv[1]).write_text(f'#include "report/schema.h"\n\nconst char schema_report[] =\n'
                             f'{array(Path(sys.argv[2]).read_bytes())};\n')
