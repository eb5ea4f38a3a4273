"""What is for the staff: lists with a line per customer, notices for the users among them."""
