"""Model texts of the body and of human resources: filled from the file, edited, downloaded. Kept for one side
alone; never sent, recorded, searched or mailed from here, and never advice."""
