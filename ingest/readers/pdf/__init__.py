"""Reading PDF: glyphs with their boxes (PDFium), lines, reading order, paragraphs, and structure (pypdf)."""
